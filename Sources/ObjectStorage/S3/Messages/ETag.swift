import Crypto
import Model

/// The tag by which a server tells contents apart: of most objects their MD5.
enum ETag {
    /// A tag without the quotes around it.
    static func plain(_ text: String) -> String {
        text.hasPrefix("\"") && text.hasSuffix("\"") && text.utf8.count > 1
            ? String(text.dropFirst().dropLast()) : text
    }

    /// Whether a tag can be an MD5; those of objects in parts have a dash.
    static func isDigest(_ tag: String) -> Bool {
        tag.utf8.count == 32 && Hexadecimal.decode(tag.lowercased()) != nil
    }

    /// The MD5 of some bytes as a tag gives it.
    static func digest(_ part: UploadPart) -> String { Hexadecimal.encode(md5(part)) }

    /// The MD5 of some bytes: what older servers check a body by, no protection from anybody.
    static func md5(_ part: UploadPart) -> Insecure.MD5Digest {
        Insecure.MD5.hash(data: part.bytes[part.range])
    }
}
