/// Names of files that hold secrets and nothing else.
enum SecretName {
    private static let names: Set<String> = [
        ".pgpass", ".netrc", ".git-credentials", ".htpasswd", "id_rsa", "id_dsa", "id_ecdsa",
        "id_ed25519", "kubeconfig",
    ]
    private static let endings = [".p12", ".pfx", ".jks", ".keystore", ".kdbx", ".ppk"]
    /// Ends of `.env.…` that mark a form to be filled in.
    private static let forms: Set<String> = ["example", "sample", "template", "dist", "defaults"]

    /// What a file of this name is; nil when the name tells nothing.
    static func rule(_ name: [UInt8]) -> String? {
        let text = String(decoding: name, as: UTF8.self).lowercased()
        if text == ".env" || text.hasPrefix(".env.") {
            let last = text.split(separator: ".").last.map(String.init) ?? ""
            return forms.contains(last) ? nil : "the values of an environment"
        }
        if names.contains(text) { return "a file for passwords or keys" }
        return endings.contains { text.hasSuffix($0) } ? "a store of keys" : nil
    }

    private static let parts = [
        "password", "passwd", "passphrase", "secret", "token", "credential", "api_key", "apikey",
        "api-key", "access_key", "accesskey", "private_key", "privatekey", "encryption_key",
        "signing_key",
    ]
    /// What means a secret only as the last word of a name.
    private static let words: Set<String> = ["pass", "pwd", "requirepass", "masterauth"]
    /// What says something else, though it holds one of the others.
    private static let others = [
        "tokenizer", "secretname", "secret_name", "password_encryption",
    ]

    /// Whether the value of a name, in lower case, is a secret as far as the name tells.
    static func speaksOfSecret(_ name: String) -> Bool {
        guard !SecretText.isHarmless(name), !others.contains(where: { name.contains($0) }) else {
            return false
        }
        if parts.contains(where: { name.contains($0) }) { return true }
        let last = name.split { !$0.isLetter && !$0.isNumber }.last
        return last.map { words.contains(String($0)) } ?? false
    }
}
