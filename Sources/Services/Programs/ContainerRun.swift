import FoundationEssentials
public import Model

/// One program, to be run in a container that is made for it and removed behind it.
public struct ContainerRun: Sendable, Hashable, Codable {
    /// The engine, as `DOCKER_HOST` holds it; it must be on this host.
    public var engine: String
    /// The image, which is never fetched: `NAME@sha256:…`, a name, or its own id.
    public var image: String
    /// The program and its arguments.
    public var command: [String]
    /// The user id that it runs as, of this host.
    public var uid: UInt32
    /// The group id.
    public var gid: UInt32
    /// Where it runs; nil for where the image says.
    public var directory: String?
    /// The files and folders of this host that it sees, at the same paths; it can write to them where it has no network.
    public var places: [String]
    /// Whether it sees the host's network; else it has none.
    public var hasNetwork: Bool
    /// Where it is noted that there is a container, see ``ContainerMark``.
    public var marks: String

    /// Groups the parts.
    public init(
        engine: String,
        image: String,
        command: [String],
        uid: UInt32,
        gid: UInt32,
        directory: String?,
        places: [String],
        hasNetwork: Bool,
        marks: String
    ) {
        self.engine = engine
        self.image = image
        self.command = command
        self.uid = uid
        self.gid = gid
        self.directory = directory
        self.places = places
        self.hasNetwork = hasNetwork
        self.marks = marks
    }

    /// The first word of a command line of ours that asks for one.
    public static let verb = "in-container"

    /// All of it in one word.
    public var text: String {
        // Texts and numbers can always be written.
        let data = (try? JSONEncoder().encode(self)) ?? Data()
        return String(decoding: data, as: UTF8.self)
    }

    /// All of it in words of a command line.
    ///
    /// The system takes words of at most 128 KiB, and a table may have thousands of parts that are named.
    public var words: [String] {
        let scalars = Array(text.unicodeScalars)
        return stride(from: 0, to: scalars.count, by: Self.scalarsOfWord).map { start in
            var word = String.UnicodeScalarView()
            word.append(contentsOf: scalars[start...].prefix(Self.scalarsOfWord))
            return String(word)
        }
    }

    /// Each is 4 bytes long at most.
    private static let scalarsOfWord = 30_000

    /// Reads ``words``.
    ///
    /// - Throws: `E-VALUE`.
    public init(words: some Sequence<String>) throws(Fault) {
        try self.init(text: words.joined())
    }

    /// Reads ``text``.
    ///
    /// - Throws: `E-VALUE`.
    public init(text: String) throws(Fault) {
        do {
            self = try JSONDecoder().decode(ContainerRun.self, from: Data(text.utf8))
        } catch {
            throw Fault(
                .invalidValue,
                "unable to run a program in a container: it is not said which",
                cause: error
            )
        }
    }
}
