public import Model

/// Where a container engine listens that speaks the Docker Engine API: Docker's own, or podman's.
public enum EngineAddress: Sendable, Hashable {
    /// A Unix socket, by absolute path.
    case socket(String)
    /// A TCP port without TLS, which belongs on loopback or behind a tunnel.
    case tcp(host: String, port: Int)

    /// Where Docker listens when nobody says otherwise.
    public static let usual = EngineAddress.socket("/var/run/docker.sock")

    /// Reads an address as `DOCKER_HOST` holds it: `unix:///PATH`, `tcp://HOST:PORT` or `http://HOST:PORT`.
    ///
    /// - Throws: `E-ENGINE-ADDRESS` with what to do instead.
    public init(_ text: String) throws(Fault) {
        if text.hasPrefix("unix:///") {
            self = .socket(String(text.dropFirst(7)))
            return
        }
        let rest = ["tcp://", "http://"].first { text.hasPrefix($0) }.map {
            text.dropFirst($0.count)
        }
        if let rest, let (host, port) = Self.split(rest.hasSuffix("/") ? rest.dropLast() : rest) {
            self = .tcp(host: host, port: port)
            return
        }
        throw Fault(
            .engineAddress,
            "unable to reach container engine '\(text)': it is neither unix:///PATH nor tcp://HOST:PORT",
            hints: text.hasPrefix("ssh://")
                ? [
                    "Forward its socket, then name it: ssh -nNT -L /run/remote.sock:/var/run/docker.sock HOST"
                ]
                : []
        )
    }

    /// The address that a program's environment asks for, else the usual one.
    ///
    /// - Throws: `E-ENGINE-ADDRESS`, also when TLS is asked for, which this version does not speak to engines.
    public init(variables: [String: String]) throws(Fault) {
        guard let text = variables["DOCKER_HOST"], !text.isEmpty else {
            self = .usual
            return
        }
        self = try EngineAddress(text)
        if case .tcp = self, variables["DOCKER_TLS_VERIFY"]?.isEmpty == false {
            throw Fault(
                .engineAddress,
                "unable to reach container engine '\(text)': this version speaks no TLS to engines",
                hints: ["Run Lifeboat on the engine's own host, or forward its socket with ssh."]
            )
        }
    }

    private static func split(_ text: Substring) -> (String, Int)? {
        guard let colon = text.lastIndex(of: ":"),
            let port = Int(text[text.index(after: colon)...]),
            (1...65_535).contains(port)
        else { return nil }
        let host = text[..<colon]
        let isName = host.utf8.allSatisfy {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                || ".-_:[]".utf8.contains($0)
        }
        return host.isEmpty || !isName ? nil : (String(host), port)
    }

    /// What stands before the path of a request.
    package var base: String {
        switch self {
        case .socket(let path): "http+unix://\(Self.encoded(path))"
        case .tcp(let host, let port): "http://\(host):\(port)"
        }
    }

    /// A text with all but letters, digits, `-`, `.` and `_` percent-encoded.
    static func encoded(_ text: String) -> String {
        text.utf8.reduce(into: "") { result, byte in
            let isPlain =
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || "-._".utf8.contains(byte)
            result +=
                isPlain
                ? String(UnicodeScalar(byte)) : "%" + Hexadecimal.encode([byte]).uppercased()
        }
    }
}

extension EngineAddress: CustomStringConvertible {
    /// The address as `DOCKER_HOST` holds it.
    public var description: String {
        switch self {
        case .socket(let path): "unix://\(path)"
        case .tcp(let host, let port): "tcp://\(host):\(port)"
        }
    }
}
