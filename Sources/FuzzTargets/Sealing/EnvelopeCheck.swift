import Model
import Sealing

/// What somebody sealed, or did not, is opened or refused; text holds what was put into it.
enum EnvelopeCheck {
    /// An identity that seals nothing but inputs of this check.
    private static let identity =
        "AGE-SECRET-KEY-1GP7LWRX0CD2AA04FXMR5W60AKL254S4UDFGU8G5MAKTXHS4YC66QLNHYXP"

    static func check(_ input: [UInt8]) throws(CheckFailure) {
        let text = String(decoding: input, as: UTF8.self)
        let found = Outcome { () throws(Fault) in try AgeArmor.find(in: text) }
        for file in [input, found.value.flatMap(\.self) ?? []] {
            _ = Outcome { () throws(Fault) in
                try AgeFile.open(file, with: [AgeIdentity(secretText: identity)])
            }
        }
        let armored = Outcome { () throws(Fault) in
            try AgeArmor.find(in: "before\n" + AgeArmor.encode(input) + "after")
        }
        try require(
            input.isEmpty || armored == .accepted(input),
            "text of \(input) holds \(armored)"
        )
        try checkKeys(text)
    }

    /// A key that is read is written as it was read.
    private static func checkKeys(_ text: String) throws(CheckFailure) {
        let identity = Outcome { () throws(Fault) in try AgeIdentity(secretText: text).secretText }
        if let written = identity.value {
            try require(written == text.uppercased(), "'\(text)' is written as '\(written)'")
        }
        let recipient = Outcome { () throws(Fault) in try AgeRecipient(text) }
        if let recipient = recipient.value {
            try require(recipient.text == text.lowercased(), "'\(text)' is '\(recipient)'")
        }
        _ = Outcome { () throws(Fault) in
            try AgeIdentity.all(in: text, source: "input").map(\.secretText)
        }
    }
}
