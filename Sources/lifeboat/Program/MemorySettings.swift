import Glibc

/// How the C heap behaves in this program.
enum MemorySettings {
    /// Keeps the heap from giving every large buffer back to the system and asking for it again.
    ///
    /// Sealing works in buffers around 1 MiB. By default glibc maps each anew, zeroed page by page by the kernel, and
    /// the speed of AES-GCM on them swings between 0.9 and 7 GB/s; kept, it stays at 5. And each of many threads would
    /// get an arena of its own that grows to the largest size it ever had; four are enough and bound the memory.
    static func apply() {
        // Numbers from <malloc.h>.
        let (trimThreshold, mmapThreshold, arenaMax): (Int32, Int32, Int32) = (-1, -3, -8)
        mallopt(mmapThreshold, 32 << 20)
        mallopt(trimThreshold, 64 << 20)
        mallopt(arenaMax, 4)
    }
}
