import CLinux

/// How the C heap behaves in this program.
enum MemorySettings {
    /// Keeps the heap from giving every large buffer back to the system and asking for it again.
    ///
    /// Sealing works in buffers around 1 MiB. By default glibc maps each anew, zeroed page by page
    /// by the kernel, and the speed of AES-GCM on them swings between 0.9 and 7 GB/s; kept, it
    /// stays at 5. And each of many threads would get an arena of its own that grows to the largest
    /// size it ever had; four are enough, and each gives back what is free at its end beyond 4 MiB, which
    /// costs no time that can be measured and a backup to S3 fifty MiB less.
    static func apply() {
        linux_keep_heap(32 << 20, 4 << 20, 4)
    }
}
