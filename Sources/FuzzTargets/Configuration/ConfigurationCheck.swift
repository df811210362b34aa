import Model
import StackConfiguration

/// A configuration that is accepted is written so that it is read back as it was.
enum ConfigurationCheck {
    static func check(_ input: [UInt8]) throws(CheckFailure) {
        guard let text = String(validating: input, as: UTF8.self),
            let configuration = decode(text).value
        else { return }
        try checkReadBack(configuration, remarks: [])
    }

    static func checkReadBack(
        _ configuration: StackConfiguration,
        remarks: [String]
    ) throws(CheckFailure) {
        let texts = [
            configuration.description, ConfigurationTemplate(configuration, remarks: remarks).text,
        ]
        for text in texts {
            let outcome = decode(text)
            try require(
                outcome == .accepted(configuration),
                "\(configuration)\nis read back as\n\(outcome)"
            )
        }
    }

    private static func decode(_ text: String) -> Outcome<StackConfiguration> {
        Outcome { () throws(Fault) in
            try StackConfiguration.decode(
                text,
                file: "lifeboat.yaml",
                environment: ["SET": "value", "EMPTY": ""],
                machine: "box"
            ).configuration
        }
    }
}
