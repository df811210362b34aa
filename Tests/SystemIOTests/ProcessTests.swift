import Model
import Synchronization
import SystemIO
import SystemPackage
import TestKit
import Testing

@Suite(.ownThreads) struct ProcessTests {
    @Test func `a program gets its input and gives its output, error text and status`() async throws
    {
        let command = Command("sh", arguments: ["-c", "tr a-z A-Z; echo oops >&2; exit 3"])
        let input = [UInt8](repeating: UInt8(ascii: "x"), count: 300_000)
        let result = try await command.run(input: input, outputLimit: 1 << 20)
        #expect(result.output == [UInt8](repeating: UInt8(ascii: "X"), count: 300_000))
        #expect(result.errorText == "oops\n")
        #expect(result.status == .exited(3))
    }

    @Test func `a program that does not read its input is no fault`() async throws {
        let input = [UInt8](repeating: 1, count: 1 << 20)
        let result = try await Command("true").run(input: input, outputLimit: 10)
        #expect(result.status.isSuccess)
    }

    @Test func `a program that is not there is named`() async {
        let fault = await #expect(throws: Fault.self) {
            try await Command("no-such-program-here").run(outputLimit: 10)
        }
        #expect(fault?.code == .commandMissing)
        let path = await #expect(throws: Fault.self) {
            try await Command("/nowhere/program").run(outputLimit: 10)
        }
        #expect(path?.code == .commandMissing)
    }

    @Test func `too much output ends the program`() async {
        let fault = await #expect(throws: Fault.self) {
            try await Command("yes").run(outputLimit: 100_000)
        }
        #expect(fault?.code == .commandOutput)
    }

    @Test func `a program that takes too long is ended, whether it listens or not`() async throws {
        for trap in ["", "trap '' TERM;"] {
            var command = Command("sh", arguments: ["-c", "\(trap) while :; do sleep 1; done"])
            command.patience = .milliseconds(300)
            let late = try await command.run(outputLimit: 10, within: .milliseconds(500))
            #expect(late?.output == nil)
        }
        let quick = try await Command("echo", arguments: ["x"])
            .run(outputLimit: 10, within: .seconds(1_200))
        #expect(quick?.output == Array("x\n".utf8))
    }

    @Test func `failure tells the last line of standard error`() async {
        let command = Command("sh", arguments: ["-c", "echo one >&2; echo two >&2; exit 1"])
        let fault = await #expect(throws: Fault.self) {
            try await command.runSuccessfully(outputLimit: 10)
        }
        #expect(fault?.message == "unable to run program 'sh': it ended with status 1 (two)")
    }

    @Test func `environment, account and folder are the program's own`() async throws {
        let account = try Account.named("nobody")
        let command = Command(
            "/bin/sh",
            arguments: ["-c", "id -u; id -G; pwd; echo $ONLY; env | wc -l"],
            environment: ["ONLY": "this", "PATH": "/usr/bin:/bin"],
            account: account,
            workingDirectory: "/usr"
        )
        let text = String(
            decoding: try await command.runSuccessfully(outputLimit: 1000),
            as: UTF8.self
        )
        let lines = text.split(separator: "\n")
        #expect(lines.prefix(4) == ["\(account.uid)", "\(account.gid)", "/usr", "this"])
    }

    @Test func `a spawned program is known by its number, and ended with the work`() async throws {
        let (pid, status) = try await Command("sleep", arguments: ["600"]).spawn {
            (child) throws(Fault) in
            #expect(try child.wait(upTo: .milliseconds(50)) == nil)
            return child.pid
        }
        #expect(status == .signalled(15))
        #expect(try FileSystem.status(FilePath("/proc/\(pid)")) == nil)
    }

    @Test func `a spawned program that ends is waited for, and its output is in the log`()
        async throws
    {
        try await withFolder { folder in
            let log = folder.appending("log")
            let command = Command("sh", arguments: ["-c", "echo out; echo err >&2; exit 7"])
            let (seen, status) = try await command.spawn(log: log) { (child) throws(Fault) in
                try child.wait()
            }
            #expect(seen == .exited(7))
            #expect(status == seen)
            #expect(try DurableFile.read(log, limit: ByteCount(100)) == Array("out\nerr\n".utf8))
        }
    }

    @Test func `the fault of the work comes through`() async throws {
        let fault = await #expect(throws: Fault.self) {
            try await Command("sleep", arguments: ["600"]).spawn { (_) throws(Fault) in
                throw Fault(.invalidValue, "unable to go on")
            }
        }
        #expect(fault?.code == .invalidValue)
    }

    @Test func `a cancelled task ends its program`() async throws {
        let started = BootClock.now()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                _ = try? await Command("sleep", arguments: ["7200"]).run(outputLimit: 1)
            }
            group.addTask { try? await Task.sleep(for: .milliseconds(200)) }
            await group.next()
            group.cancelAll()
        }
        // Far from the end of the program, however busy the machine is.
        #expect(BootClock.now() - started < .seconds(3600))
    }
}

@Suite struct ThreadTests {
    @Test func `tasks run on as many threads as there are, and all of them run`() async {
        let threads = BlockingThreads(name: "test", threads: 3)
        let sum = await withTaskExecutorPreference(threads) {
            await withTaskGroup(of: Int.self) { group in
                for number in 0..<5_000 {
                    group.addTask {
                        await Task.yield()
                        return number
                    }
                }
                return await group.reduce(0, +)
            }
        }
        #expect(sum == 12_497_500)
        threads.shutDown()
    }

    @Test func `random bytes differ, and clocks move forward`() {
        #expect(RandomBytes.make(32) != RandomBytes.make(32))
        #expect(RandomBytes.make(0).isEmpty)
        let (first, second) = (BootClock.now(), BootClock.now())
        #expect(first <= second)
        #expect(SystemClock().now() > Instant(seconds: 1_700_000_000))
    }

    @Test func `accounts are found by name and number`() throws {
        #expect(try Account.named("root").uid == 0)
        #expect(Account.identified(by: 0)?.name == "root")
        #expect(Account.groupName(0) == "root")
        #expect(Account.groupID("root") == 0)
        #expect(Account.current.uid == 0)
        #expect(Account.currentID == 0)
        #expect(Account.mayGiveFiles)
        let fault = #expect(throws: Fault.self) { try Account.named("no-such-user") }
        #expect(fault?.code == .accountMissing)
    }
}
