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
    ///
    /// `lifeboat run` has the same few buffers of a segment's size all the time, made by one thread and let go by another. In one
    /// arena that keeps 64 MiB they are taken up again: a quarter of the processor time of receiving much log, and no more memory.
    static func apply(to words: [String]) {
        if words.contains("run") {
            linux_keep_heap(32 << 20, 64 << 20, 1)
        } else {
            linux_keep_heap(32 << 20, 4 << 20, 4)
        }
    }
}
