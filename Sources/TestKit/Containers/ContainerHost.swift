import Foundation
import Glibc
public import Model
import Synchronization
import SystemIO
public import SystemPackage

/// A real container engine for a test: podman with runc, its Docker-compatible socket, and an image with a shell.
///
/// Everything is in a folder of its own and goes with the object. Containers share the host's network. podman asks systemd to
/// run health checks; here ``check(_:)`` runs them, when a test says so.
public final class ContainerHost: Sendable {
    /// Everything of it.
    public let folder: ScratchFolder
    private let server = Mutex<ChildProgram?>(nil)
    private let count = Mutex(0)

    /// The image that every container is made from.
    public static let image = "localhost/lifeboat-test:1"

    /// Starts an engine and makes the image.
    ///
    /// - Throws: `E-TEST-PROGRAM` with podman's words.
    public init() throws(Fault) {
        folder = try ScratchFolder()
        let configuration = """
            [engine]
            cgroup_manager = "cgroupfs"
            events_logger = "none"
            # Locks in shared memory are one set for all stores, and each new store frees them all.
            lock_type = "file"
            # The limits of the machine that runs the tests may be lower than podman's own.
            [containers]
            default_ulimits = ["nofile=1024:1024", "nproc=1000:1000"]

            """
        try DurableFile.create(
            folder.path.appending("containers.conf"),
            with: Array(configuration.utf8),
            mode: 0o600
        )
        try makeImage()
        try startServer()
    }

    deinit { remove() }

    /// Where the engine listens.
    public var socket: FilePath { folder.path.appending("podman.sock") }

    /// Makes a container that runs a script of the shell until SIGTERM; it stands still.
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - labels: its labels.
    ///   - script: what it does first.
    ///   - health: the command of its health check, for the shell.
    ///   - options: more of podman's own.
    ///   - image: what it is made from.
    /// - Throws: `E-TEST-PROGRAM`.
    public func create(
        _ name: String,
        labels: [String: String] = [:],
        script: String = "",
        health: String? = nil,
        options: [String] = [],
        image: String = ContainerHost.image
    ) throws(Fault) {
        var arguments = ["create", "--name", name, "--network", "host", "--stop-timeout", "5"]
        for (label, value) in labels { arguments += ["--label", "\(label)=\(value)"] }
        if let health { arguments += ["--health-cmd", health, "--health-interval", "disable"] }
        let body = "\(script)\ntrap 'exit 0' TERM; while :; do sleep 100 & wait $!; done"
        // The folder's name is how a guard finds what a killed test leaves.
        let command = ["/bin/sh", "-c", body, folder.path.string]
        _ = try podman(arguments + options + [image] + command)
    }

    /// Makes a container of a service of a compose project, as compose labels it.
    ///
    /// - Throws: `E-TEST-PROGRAM`.
    public func create(
        service: String,
        of project: String,
        number: Int = 1,
        after: [String] = [],
        script: String = "",
        health: String? = nil,
        options: [String] = []
    ) throws(Fault) {
        try create(
            "\(project)-\(service)-\(number)",
            labels: [
                "com.docker.compose.project": project, "com.docker.compose.service": service,
                "com.docker.compose.container-number": "\(number)",
                "com.docker.compose.oneoff": "False",
                "com.docker.compose.depends_on": after.map { "\($0):service_started:false" }
                    .joined(separator: ","),
            ],
            script: script,
            health: health,
            options: options
        )
    }

    /// Starts a container with podman's own command.
    ///
    /// - Throws: `E-TEST-PROGRAM`.
    public func start(_ name: String) throws(Fault) { _ = try podman(["start", name]) }

    /// Runs the health check of a container once; whether it was passed.
    public func check(_ name: String) -> Bool {
        (try? podman(["healthcheck", "run", name])) != nil
    }

    /// What podman itself says of a container: `running`, `exited`, `created`.
    ///
    /// - Throws: `E-TEST-PROGRAM`.
    public func state(of name: String) throws(Fault) -> String {
        try podman(["inspect", "--format", "{{.State.Status}}", name])
    }

    /// Runs podman to its end.
    ///
    /// - Returns: what it wrote, without the last line feed.
    /// - Throws: `E-TEST-PROGRAM` with its words.
    @discardableResult
    public func podman(_ arguments: [String]) throws(Fault) -> String {
        let number = count.withLock { count in
            count += 1
            return count
        }
        let (output, errors) = (file("out\(number)"), file("err\(number)"))
        let program = try ChildProgram(
            command + arguments,
            environment: environment,
            directory: folder.path.string,
            output: output,
            errors: errors
        )
        guard program.wait() == 0 else {
            throw Fault(
                .testProgram,
                "unable to run podman \(arguments.joined(separator: " ")): \(Self.text(errors))"
            )
        }
        return Self.text(output)
    }

    /// Ends the engine and leaves its containers as they are.
    public func stopServer() {
        server.withLock { server in
            server?.terminate()
            server = nil
        }
    }

    /// Starts the engine again.
    ///
    /// - Parameter isOverTCP: whether it listens at a port of this host instead of at its socket.
    /// - Returns: where it listens, as `DOCKER_HOST` holds it.
    /// - Throws: `E-TEST-PROGRAM` with its log when it does not listen within five minutes.
    @discardableResult
    public func startServer(overTCP isOverTCP: Bool = false) throws(Fault) -> String {
        let log = file("server.log")
        let port = isOverTCP ? FreePort.find() : nil
        let address = port.map { "tcp://127.0.0.1:\($0)" } ?? "unix://\(socket.string)"
        try server.withLock { server throws(Fault) in
            server = try ChildProgram(
                command + ["system", "service", "--time=0", address],
                environment: environment,
                directory: folder.path.string,
                output: log
            )
        }
        let deadline = ContinuousClock.now + .seconds(300)
        while port.map({ !LoopbackSocket.canConnect(to: $0) })
            ?? !UnixSocket.canConnect(to: socket.string)
        {
            let isRunning = server.withLock { $0?.isRunning == true }
            guard isRunning, ContinuousClock.now < deadline else {
                throw Fault(.testProgram, "unable to start podman's server: \(Self.text(log))")
            }
            usleep(10_000)
        }
        return address
    }

    private func remove() {
        _ = try? podman(["rm", "--force", "--all", "--time", "0"])
        stopServer()
        // What podman leaves behind to clear a container away writes to the folder for a moment longer.
        let limit = ContinuousClock.now + .seconds(10)
        while isBusy, ContinuousClock.now < limit { usleep(20_000) }
    }

    /// Whether a program works for the engine.
    private var isBusy: Bool {
        let place = folder.path.string
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.contains { name in
            guard Int32(name) != nil,
                let words = FileManager.default.contents(atPath: "/proc/\(name)/cmdline")
            else { return false }
            return String(decoding: words, as: UTF8.self).contains(place)
        }
    }

    private func makeImage() throws(Fault) {
        try makeImage(Self.image, paths: ["/bin"], "")
    }

    /// Makes an image with a shell, and what a script puts into the folder `image`.
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - paths: where its programs are looked for.
    ///   - content: the script, for the shell of this host.
    /// - Throws: `E-TEST-PROGRAM`.
    func makeImage(_ name: String, paths: [String], _ content: String) throws(Fault) {
        let script = """
            set -e
            umask 022
            mkdir -p image/bin image/etc image/tmp image/data image/usr
            chmod 1777 image/tmp
            ln -s usr/lib image/lib
            ln -s usr/lib64 image/lib64
            cp /bin/busybox image/bin/busybox
            for name in sh sleep cat cp grep test touch rm true false date nc httpd; do
                ln -s busybox image/bin/$name
            done
            \(content)
            tar -C image -c . | "$@" import --change 'ENV PATH=\(paths.joined(separator: ":"))' - \(name)
            rm -rf image
            """
        let log = file("image.log")
        let program = try ChildProgram(
            ["/bin/bash", "-c", script, "image"] + command,
            environment: environment,
            directory: folder.path.string,
            output: log
        )
        guard program.wait() == 0 else {
            throw Fault(.testProgram, "unable to make an image: \(Self.text(log))")
        }
    }

    private var command: [String] {
        let place = folder.path.string
        return [
            "/usr/bin/podman", "--runtime", "runc", "--storage-driver", "vfs",
            "--root", "\(place)/root", "--runroot", "\(place)/run", "--tmpdir", "\(place)/tmp",
        ]
    }

    private var environment: [String: String] {
        [
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": folder.path.string,
            "CONTAINERS_CONF": file("containers.conf"),
        ]
    }

    private func file(_ name: String) -> String { folder.path.appending(name).string }

    private static func text(_ file: String) -> String {
        let bytes = FileManager.default.contents(atPath: file) ?? Data()
        let text = String(decoding: bytes, as: UTF8.self)
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }
}
