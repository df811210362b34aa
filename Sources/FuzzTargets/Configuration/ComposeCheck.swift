import FileTrees
import Model
import StackConfiguration

/// What is proposed for a compose file is a configuration that is read back as it was meant.
enum ComposeCheck {
    private static let recipient =
        "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
    private static let environment = [
        "HOME": "/root", "SET": "value", "EMPTY": "", "PORT": "6380", "DIR": "./data",
    ]

    static func check(_ input: [UInt8]) throws(CheckFailure) {
        guard let text = String(validating: input, as: UTF8.self) else { return }
        _ = EnvironmentFile.variables(in: text)
        guard let proposal = Outcome({ () throws(Fault) in try proposal(text) }).value else {
            return
        }
        let draft = StackConfiguration(
            stack: "cc",
            environment: "prod",
            host: "h1",
            keys: KeyConfiguration(recipients: [recipient]),
            copies: [CopyConfiguration(name: "local", address: .directory("/backup"))],
            components: proposal.components,
            compose: ComposeConfiguration(project: proposal.project),
            services: proposal.services
        )
        let remarks = (proposal.unprotected + proposal.advice).map { "\($0.subject): \($0.fact)" }
        try ConfigurationCheck.checkReadBack(draft, remarks: remarks)
        for component in proposal.components {
            let patterns =
                switch component.source {
                case .files(let files): files.include + files.exclude
                case .configuration(let history): history.include + history.exclude
                default: [String]()
                }
            let rules = Outcome { () throws(Fault) in try PathRules(excluding: patterns) }
            try require(rules.value != nil, "\(patterns): \(rules)")
        }
    }

    private static func proposal(_ text: String) throws(Fault) -> ComposeProposal {
        var around = ComposeProposal.Surroundings(folder: "/opt/cc")
        around.environment = environment
        around.environmentFiles = ["/opt/cc/.env"]
        // A file that it includes or extends is the same one, a file of variables says a few.
        around.text = { path in path.hasSuffix(".yml") ? text : "FROM_FILE=a b" }
        around.isThere = { !$0.contains("missing") }
        return try ComposeProposal(
            [ComposeDocument(path: "/opt/cc/docker-compose.yml", text: text)],
            stack: "cc",
            recipient: recipient,
            around: around
        )
    }
}
