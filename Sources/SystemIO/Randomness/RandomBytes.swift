import CLinux

/// Bytes nobody can guess, from the system's generator.
public enum RandomBytes {
    /// Some random bytes (`getrandom`).
    public static func make(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var made = 0
        while made < count {
            let step = unsafe bytes.withUnsafeMutableBytes { buffer in
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[made...])
                return unsafe linux_random(rest.baseAddress, rest.count)
            }
            if step > 0 { made += step }
            precondition(
                step > 0 || lastErrorNumber() == 4,
                "every kernel this runs on has getrandom(2), interrupted at worst"
            )
        }
        return bytes
    }
}
