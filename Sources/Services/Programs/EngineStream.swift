internal import Model
internal import SystemIO
internal import SystemPackage

/// The two directions of a container's input and output, over a connection of its own to the engine's socket.
final class EngineStream: Sendable {
    private static let headLimit = 16 << 10
    private let socket: Descriptor

    /// Attaches to a container that was made and not started.
    ///
    /// - Throws: `E-ENGINE-UNREACHABLE`, `E-ENGINE-REFUSED`.
    init(_ address: EngineAddress, container: String) throws(Fault) {
        guard case .socket(let path) = address else {
            throw Fault(
                .engineRefused,
                "unable to run a program of an image: engine '\(address)' is not known to be on this host",
                hints: ["Name its socket: unix:///var/run/docker.sock"]
            )
        }
        do throws(Fault) {
            socket = try Descriptor.connect(toSocket: FilePath(path))
        } catch {
            throw Fault(
                .engineUnreachable,
                "unable to reach container engine '\(address)': \(error.message)",
                cause: error
            )
        }
        let resource = "/containers/\(EngineAddress.encoded(container))/attach"
        let request = """
            POST \(resource)?stream=1&stdin=1&stdout=1&stderr=1 HTTP/1.1\r
            Host: engine\r
            Connection: Upgrade\r
            Upgrade: tcp\r
            Content-Length: 0\r
            \r

            """
        try socket.write(Array(request.utf8))
        let head = try Self.head(socket)
        let status = head.split { $0 == " " }.dropFirst().first
        guard status == "101" || status == "200" else {
            throw Fault(
                .engineRefused,
                "unable to attach to container '\(container)': the engine answers with status \(status ?? "")"
            )
        }
    }

    /// The head of a reply; what follows it is not touched.
    private static func head(_ socket: borrowing Descriptor) throws(Fault) -> String {
        let timepiece = Timepiece(ContinuousClock())
        var bytes: [UInt8] = []
        while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            while try !socket.isReadable(within: 100) {
                guard timepiece.passed() < ContainerEngine.patience else {
                    throw Fault(
                        .engineUnreachable,
                        "unable to attach to a container: the engine does not answer in time"
                    )
                }
            }
            let byte = try socket.read(upTo: 1)
            guard !byte.isEmpty, bytes.count < headLimit else {
                throw Fault(
                    .engineRefused,
                    "unable to attach to a container: the engine's answer has no end"
                )
            }
            bytes += byte
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The next bytes, in frames; none at the end; nil when nothing comes for a moment.
    ///
    /// The engine that hangs up while it has input left that nobody reads any more resets the connection; what it sent
    /// before that was read before.
    func read() throws(Fault) -> [UInt8]? {
        do throws(Fault) {
            return try socket.isReadable(within: 100) ? try socket.read(upTo: 64 << 10) : nil
        } catch  where error.systemError == .connectionReset { return [] }
    }

    /// Sends bytes to the program's input.
    func write(_ bytes: [UInt8]) throws(Fault) { try socket.write(bytes) }

    /// Lets the program find the end of its input.
    func endWriting() throws(Fault) { try socket.endWriting() }

    /// Ends both directions; who reads or writes finds the end at once.
    func hangUp() { socket.hangUp() }
}
