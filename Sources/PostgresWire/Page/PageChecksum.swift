/// PostgreSQL's checksum of a data page: 32 FNV-1a-like sums side by side, folded to 16 bits.
///
/// ```text
///   page = 64 rows of 32 words;  sum[j] = step(sum[j], row[i][j])
///   step(s, v) = t * 16777619 ^ t >> 17,  t = s ^ v
///   two more steps with 0, then xor of all sums, xor block number, mod 65535, plus 1
/// ```
/// The two bytes that hold the checksum count as zero. Source:
/// `src/include/storage/checksum_impl.h`.
public enum PageChecksum {
    /// The bytes of a page; other block sizes need another build of the server and are refused
    /// elsewhere.
    public static let pageSize = 8192

    /// The checksum that a page should carry at a block of its relation fork (not of its segment
    /// file).
    ///
    /// `page` must be ``pageSize`` bytes.
    public static func compute(_ page: RawSpan, block: UInt32) -> UInt16 {
        precondition(page.byteCount == pageSize, "a page has 8192 bytes")
        return unsafe page.withUnsafeBytes { bytes in
            var (first, second, third, fourth) = start
            for offset in stride(from: 0, to: pageSize, by: 128) {
                var head = unsafe bytes.loadUnaligned(fromByteOffset: offset, as: Lanes.self)
                if offset == 0 { head[2] &= 0xFFFF_0000 }
                first = mix(first, head)
                second = mix(
                    second,
                    unsafe bytes.loadUnaligned(fromByteOffset: offset &+ 32, as: Lanes.self)
                )
                third = mix(
                    third,
                    unsafe bytes.loadUnaligned(fromByteOffset: offset &+ 64, as: Lanes.self)
                )
                fourth = mix(
                    fourth,
                    unsafe bytes.loadUnaligned(fromByteOffset: offset &+ 96, as: Lanes.self)
                )
            }
            for _ in 0..<2 {
                first = mix(first, .zero)
                second = mix(second, .zero)
                third = mix(third, .zero)
                fourth = mix(fourth, .zero)
            }
            let sums = first ^ second ^ third ^ fourth
            let folded = sums.indices.reduce(0) { $0 ^ sums[$1] }
            return UInt16((folded ^ block) % 65535 + 1)
        }
    }

    /// A quarter of the 32 sums: the widest vector that the compiler keeps in registers (measured:
    /// `SIMD32` is taken apart and runs at 0.1 GB/s, four of these at 17).
    private typealias Lanes = SIMD8<UInt32>

    @inline(__always)
    private static func mix(_ sums: Lanes, _ row: Lanes) -> Lanes {
        let mixed = sums ^ row
        return (mixed &* Lanes(repeating: 16_777_619)) ^ (mixed &>> Lanes(repeating: 17))
    }

    private static let start = (
        Lanes(
            0x5B1F_36E9,
            0xB852_5960,
            0x02AB_50AA,
            0x1DE6_6D2A,
            0x79FF_467A,
            0x9BB9_F8A3,
            0x217E_7CD2,
            0x83E1_3D2C
        ),
        Lanes(
            0xF8D4_474F,
            0xE39E_B970,
            0x42C6_AE16,
            0x9932_16FA,
            0x7B09_3B5D,
            0x98DA_FF3C,
            0xF718_902A,
            0x0B1C_9CDB
        ),
        Lanes(
            0xE58F_764B,
            0x1876_36BC,
            0x5D7B_3BB1,
            0xE73D_E7DE,
            0x92BE_C979,
            0xCCA6_C0B2,
            0x304A_0979,
            0x85AA_43D4
        ),
        Lanes(
            0x7831_25BB,
            0x6CA8_EAA2,
            0xE407_EAC6,
            0x4B5C_FC3E,
            0x9FBF_8C76,
            0x15CA_20BE,
            0xF2CA_9FD3,
            0x959B_D756
        )
    )
}
