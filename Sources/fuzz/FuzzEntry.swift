import FuzzTargets
import Glibc

/// What `--target=NAME` asks for; libFuzzer passes over flags that begin with two dashes.
private let target: FuzzTarget = {
    let mark = "--target="
    for argument in CommandLine.arguments where argument.hasPrefix(mark) {
        if let target = FuzzTarget(rawValue: String(argument.dropFirst(mark.count))) {
            return target
        }
    }
    preconditionFailure("name a target: --target=NAME")
}()

/// What libFuzzer calls for each input; whatever does not hold ends the process, as a trap does.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = unsafe Array(UnsafeBufferPointer(start: bytes, count: count))
    do throws(CheckFailure) {
        try target.check(input)
    } catch {
        let text = Array("\(target.rawValue): \(error)\n".utf8)
        // A release build drops the text of a precondition.
        _ = unsafe text.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
        preconditionFailure("something does not hold")
    }
    return 0
}
