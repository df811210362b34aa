import CPostgres
import Glibc

/// Owns one `PGconn`: every call to libpq is made here, none of them blocks except the name look-up
/// of a start and the cancel request.
@safe final class LibpqHandle {
    /// What a connection attempt waits for.
    enum Progress { case reading, writing, ready, failed }

    /// What reading from a COPY gave.
    enum CopyRead<Value> {
        case value(Value)
        case wouldBlock, done, failed
    }

    private var connection: OpaquePointer?

    /// Begins to connect; nil only when memory is short.
    ///
    /// Later options win over earlier ones.
    init?(options: [(name: String, value: String)]) {
        let names = CStringList(options.map(\.name))
        let values = CStringList(options.map(\.value))
        guard
            let connection = unsafe PQconnectStartParams(names.pointers, values.pointers, 1)
        else { return nil }
        unsafe self.connection = unsafe connection
        // Verbose messages carry the SQLSTATE and the function, which no language changes.
        _ = unsafe PQsetErrorVerbosity(connection, PQERRORS_VERBOSE)
        _ = unsafe PQsetNoticeReceiver(connection, { _, _ in }, nil)
    }

    deinit { close() }

    /// Ends the connection; every later call answers as a broken connection does.
    func close() {
        guard let connection = unsafe connection else { return }
        unsafe PQfinish(connection)
        unsafe self.connection = nil
    }

    /// Takes one more step of connecting.
    func connect() -> Progress {
        switch unsafe PQconnectPoll(connection) {
        case PGRES_POLLING_READING: return .reading
        case PGRES_POLLING_WRITING: return .writing
        case PGRES_POLLING_OK:
            return unsafe PQsetnonblocking(connection, 1) == 0 ? .ready : .failed
        default: return .failed
        }
    }

    var isBad: Bool { unsafe PQstatus(connection) == CONNECTION_BAD }

    var socket: Int32 { unsafe PQsocket(connection) }

    var serverVersion: Int { Int(unsafe PQserverVersion(connection)) }

    var errorMessage: String { unsafe text(PQerrorMessage(connection)) }

    var host: String { unsafe text(PQhost(connection)) }

    var port: String { unsafe text(PQport(connection)) }

    var user: String { unsafe text(PQuser(connection)) }

    var database: String { unsafe text(PQdb(connection)) }

    private func text(_ pointer: UnsafePointer<CChar>?) -> String {
        unsafe pointer.map { unsafe String(cString: $0) } ?? ""
    }

    private func text(_ pointer: UnsafeMutablePointer<CChar>?) -> String {
        unsafe pointer.map { unsafe String(cString: $0) } ?? ""
    }

    /// Sends commands of the simple protocol.
    func send(_ sql: String) -> Bool { unsafe PQsendQuery(connection, sql) == 1 }

    /// Sends one statement with parameters in text form.
    func send(_ sql: String, parameters: [String?], binaryResult: Bool) -> Bool {
        let values = CStringList(parameters)
        return unsafe PQsendQueryParams(
            connection,
            sql,
            Int32(parameters.count),
            nil,
            values.pointers,
            nil,
            nil,
            binaryResult ? 1 : 0
        ) == 1
    }

    /// Lets several statements be on their way at once; from here on each has its own end mark.
    func enterPipeline() -> Bool { unsafe PQenterPipelineMode(connection) == 1 }

    /// Puts an end mark after the statement that was sent last.
    func synchronizePipeline() -> Bool { unsafe PQpipelineSync(connection) == 1 }

    /// Lets the rows of the statement that was just sent come one at a time.
    func asksForSingleRows() -> Bool { unsafe PQsetSingleRowMode(connection) == 1 }

    /// Writes what is buffered: 0 when all is written, 1 when the socket is full, -1 after a
    /// failure.
    func flush() -> Int32 { unsafe PQflush(connection) }

    func consumeInput() -> Bool { unsafe PQconsumeInput(connection) == 1 }

    var isBusy: Bool { unsafe PQisBusy(connection) == 1 }

    /// The next result; nil when the command is over.
    ///
    /// Blocks unless ``isBusy`` is false.
    func nextResult() -> LibpqResult? {
        guard let result = unsafe PQgetResult(connection) else { return nil }
        return unsafe LibpqResult(result)
    }

    /// Hands the next COPY message to `body`, without copying it and without blocking.
    func readCopy<Value, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Value
    ) throws(Failure) -> CopyRead<Value> {
        var buffer: UnsafeMutablePointer<CChar>?
        let count = unsafe PQgetCopyData(connection, &buffer, 1)
        switch count {
        case 0: return .wouldBlock
        case -1: return .done
        case 1...:
            guard let buffer = unsafe buffer else { return .failed }
            defer { unsafe PQfreemem(buffer) }
            let bytes = unsafe UnsafeRawBufferPointer(start: buffer, count: Int(count))
            return .value(try body(unsafe RawSpan(_unsafeBytes: bytes)))
        default: return .failed
        }
    }

    /// Queues a COPY message: 1 when queued, 0 when the socket is full, -1 after a failure.
    func writeCopy(_ message: [UInt8]) -> Int32 {
        unsafe message.withUnsafeBytes { bytes in
            let start = unsafe bytes.bindMemory(to: CChar.self).baseAddress
            return unsafe PQputCopyData(connection, start, Int32(bytes.count))
        }
    }

    func endCopy() -> Bool { unsafe PQputCopyEnd(connection, nil) == 1 }

    /// Asks the server to stop what it is doing, over a connection of its own.
    func requestCancel() {
        guard let cancel = unsafe PQgetCancel(connection) else { return }
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            _ = unsafe PQcancel(cancel, buffer.baseAddress, 256)
        }
        unsafe PQfreeCancel(cancel)
    }

    /// The options that a connection string holds; nil when it is malformed.
    static func parse(connectionString: String) -> [String: String]? {
        guard let options = unsafe PQconninfoParse(connectionString, nil) else { return nil }
        defer { unsafe PQconninfoFree(options) }
        var found: [String: String] = [:]
        var option = unsafe options
        while let keyword = unsafe option.pointee.keyword {
            if let value = unsafe option.pointee.val {
                found[unsafe String(cString: keyword)] = unsafe String(cString: value)
            }
            unsafe option += 1
        }
        return found
    }

    /// Waits until the socket can be read or written; false after `milliseconds`.
    func waitForSocket(reading: Bool, writing: Bool, milliseconds: Int32) -> Bool {
        var descriptor = pollfd(fd: socket, events: 0, revents: 0)
        if reading { descriptor.events |= Int16(POLLIN) }
        if writing { descriptor.events |= Int16(POLLOUT) }
        return unsafe poll(&descriptor, 1, milliseconds) > 0
    }
}
