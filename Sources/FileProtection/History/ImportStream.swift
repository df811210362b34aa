internal import FileTrees
internal import Model

/// What `git fast-import` reads to make one commit of files, each as it is, byte for byte.
///
/// ```
/// commit refs/heads/import LF committer … LF data 0 LF
/// M 100644 inline "path" LF data LENGTH LF bytes LF          a file; 100755 for one that its owner may run
/// M 120000 inline "path" LF data LENGTH LF target LF         a symbolic link
/// C "first" "further"                                        one more name of a file
/// done
/// ```
/// Source: `git-fast-import(1)`, "COMMANDS". No work tree takes part, so neither attributes nor filters can.
enum ImportStream {
    /// The reference that the commit gets.
    static let reference = "refs/heads/import"

    /// Begins the commit, whose own author and message nobody reads.
    static let begin = Array("commit \(reference)\ncommitter x <x> 0 +0000\ndata 0\n\n".utf8)

    /// Ends the stream; a stream without it is an unfinished one.
    static let end = Array("done\n".utf8)

    /// A file, up to its bytes.
    static func file(_ path: [UInt8], isExecutable: Bool, size: Int) -> [UInt8] {
        Array("M \(isExecutable ? "100755" : "100644") inline ".utf8) + quoted(path)
            + Array("\ndata \(size)\n".utf8)
    }

    /// What follows the bytes of a file.
    static let afterFile: [UInt8] = [10]

    /// A symbolic link.
    static func link(_ path: [UInt8], target: [UInt8]) -> [UInt8] {
        Array("M 120000 inline ".utf8) + quoted(path) + Array("\ndata \(target.count)\n".utf8)
            + target + afterFile
    }

    /// One more name of a file that came before.
    static func further(_ path: [UInt8], of first: [UInt8]) -> [UInt8] {
        Array("C ".utf8) + quoted(first) + [0x20] + quoted(path) + [10]
    }

    /// A path in C's quotes; every byte that is no plain character is written in octal.
    static func quoted(_ path: [UInt8]) -> [UInt8] {
        var result = [UInt8(ascii: "\"")]
        for byte in path {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): result += [UInt8(ascii: "\\"), byte]
            case 0x20..<0x7F: result.append(byte)
            default:
                result += [
                    UInt8(ascii: "\\"), 0x30 + byte >> 6, 0x30 + byte >> 3 & 7, 0x30 + byte & 7,
                ]
            }
        }
        return result + [UInt8(ascii: "\"")]
    }
}
