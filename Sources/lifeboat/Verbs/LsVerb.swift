import ArgumentParser
import Console
import Model
import Recovery
import Vault

/// `lifeboat ls`.
struct LsVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "Lists the snapshots, how far the log reaches, and what a snapshot holds.",
        discussion: """
            With --at, --path or --find it lists files of a snapshot, with --diff how two snapshots differ. One file
            is read with: lifeboat restore STACK/COMPONENT --path FILE --to stdout
            """
    )

    @OptionGroup var about: SubjectArgument
    @OptionGroup var content: ContentOption
    @OptionGroup var identities: IdentityOption
    @OptionGroup var global: GlobalOptions

    func perform(_ screen: Screen) async throws(Fault) -> Model.ExitCode {
        let stack = try ConfigurationFile.stack(global, subject: about.value, screen)
        if content.isAsked { return try await look(stack, screen) }
        let timeline = try await Timeline.read(stack, about.value.names)
        try screen.result(Self.lines(timeline, color: screen.hasColor))
        try screen.json("timeline", Self.fields(timeline))
        for copy in timeline.copies.absent { screen.note(CopyText.line(copy)) }
        for fault in timeline.refused { _ = screen.show(fault) }
        return timeline.refused.first?.code.exit ?? .success
    }

    /// Looks into snapshots of one component; the host's own keys show what they hold.
    private func look(_ stack: Stack, _ screen: Screen) async throws(Fault) -> Model.ExitCode {
        guard let name = about.value.component else {
            throw Fault(
                .usage,
                "unable to look into snapshots: no component is named",
                hints: ["Name one: lifeboat ls STACK/COMPONENT"]
            )
        }
        let isHostEnough =
            !content.patch && identities.identity.isEmpty && (try? stack.hostKeys()) != nil
        let ring = isHostEnough ? nil : try await identities.keyRing(stack, screen)
        let contents = try await ComponentContents(
            stack,
            name,
            identities: content.patch
                ? try ring?.required(to: "look into files") ?? [] : ring?.identities ?? [],
            expecting: ring?.vault
        )
        try await ContentRun(contents: contents, option: content).perform(screen)
        return .success
    }

    private static func lines(_ timeline: Timeline, color: Bool) -> [String] {
        let strays = strays(timeline, color: color)
        guard !timeline.sets.isEmpty else { return ["There is no snapshot yet."] + strays }
        var table = Table([
            .init("time"), .init("set"), .init("component"), .init("kind"), .init(number: "no"),
            .init(number: "source"), .init(number: "stored"), .init("problems"),
        ])
        for set in timeline.sets {
            for snapshot in set.snapshots {
                table.add([
                    Styled(TimeEcho.text(snapshot.time)), Styled(set.id, .dim),
                    Styled(snapshot.id.stream.component, .cyan), Styled(snapshot.kind.rawValue),
                    Styled("\(snapshot.id.seq)"), Styled("\(ByteCount(snapshot.sizes.source))"),
                    Styled("\(ByteCount(snapshot.sizes.stored))"),
                    problems(snapshot, timeline),
                ])
            }
        }
        let logs = timeline.logs.sorted { $0.key < $1.key }.flatMap { name, reaches in
            reaches.enumerated().map { number, reach in
                Self.line(name, reach, isLast: number == reaches.count - 1)
            }
        }
        return table.lines(color: color) + strays + logs
    }

    /// What is no snapshot of its name, each a line.
    private static func strays(_ timeline: Timeline, color: Bool) -> [String] {
        let mark = Styled("not trusted:", .red).rendered(color: color)
        return timeline.misplaced.map { "\(mark) \(Styled.visible($0.message))" }
    }

    private static func problems(_ snapshot: HeadSummary, _ timeline: Timeline) -> Styled {
        if timeline.revoked.contains(snapshot.id) {
            return Styled("not trusted: its key is revoked", .red)
        }
        if timeline.outOfPlace.contains(snapshot.id) {
            return Styled("not trusted: its number is far above those before it", .red)
        }
        return snapshot.problems == 0
            ? Styled("") : Styled(snapshot.kind.problemText(snapshot.problems), .yellow)
    }

    private static func line(_ name: String, _ reach: LogReach, isLast: Bool) -> String {
        let ranges = reach.ranges.map {
            "\(reach.text($0.lowerBound)) to \(reach.text($0.upperBound))"
        }
        let until = reach.until.map { ", up to \(TimeEcho.text($0))" } ?? ""
        if reach.kind == .redis {
            let begin = TimeEcho.text(Instant(seconds: Int64(reach.epoch)))
            let gap = isLast ? "" : ", then a gap"
            return
                "log of \(name), since \(begin): offset \(ranges.joined(separator: ", gap, "))\(until)\(gap)"
        }
        return
            "log of \(name), timeline \(reach.epoch): \(ranges.joined(separator: ", gap, "))\(until)"
    }

    private static func fields(_ timeline: Timeline) -> [JSONField] {
        let sets: [JSONValue] = timeline.sets.map { set in
            .object([
                JSONField("set", .text(set.id)), JSONField("time", .time(set.time)),
                JSONField(
                    "snapshots",
                    .array(set.snapshots.map { snapshot($0, timeline) })
                ),
            ])
        }
        let logs: [JSONValue] = timeline.logs.sorted { $0.key < $1.key }.flatMap { name, reaches in
            reaches.map { log(name, $0) }
        }
        return [
            JSONField("vault", .text(timeline.copies.vault.id.description)),
            JSONField("copies", .array(timeline.copies.copies.map { .text($0.name) })),
            JSONField("absent_copies", .array(timeline.copies.absent.map { CopyText.value($0) })),
            JSONField("sets", .array(sets)), JSONField("logs", .array(logs)),
            JSONField("misplaced", .array(timeline.misplaced.map { .text($0.message) })),
        ]
    }

    private static func snapshot(_ head: HeadSummary, _ timeline: Timeline) -> JSONValue {
        let isRevoked = timeline.revoked.contains(head.id)
        let isOutOfPlace = timeline.outOfPlace.contains(head.id)
        return .object([
            JSONField("snapshot", .text(head.id.description)),
            JSONField("component", .text(head.id.stream.component)),
            JSONField("kind", .text(head.kind.rawValue)),
            JSONField("number", .integer(Int64(clamping: head.id.seq))),
            JSONField("time", .time(head.time)), JSONField("started", .time(head.started)),
            JSONField("finished", .time(head.finished)),
            JSONField("bytes_source", .integer(head.sizes.source)),
            JSONField("bytes_added", .integer(head.sizes.added)),
            JSONField("bytes_stored", .integer(head.sizes.stored)),
            JSONField("entries", .integer(head.sizes.entries)),
            JSONField("trusted", .boolean(!isRevoked && !isOutOfPlace)),
            JSONField("revoked", .boolean(isRevoked)),
            JSONField("out_of_place", .boolean(isOutOfPlace)),
            JSONField(
                "paths_unread",
                .integer(Int64(head.kind == .postgresql ? 0 : head.problems))
            ),
            JSONField(
                "pages_damaged",
                .integer(Int64(head.kind == .postgresql ? head.problems : 0))
            ),
        ])
    }

    private static func log(_ name: String, _ reach: LogReach) -> JSONValue {
        .object([
            JSONField("component", .text(name)),
            JSONField("timeline", .integer(Int64(reach.epoch))),
            JSONField(
                "ranges",
                .array(
                    reach.ranges.map {
                        .array([
                            .text(reach.text($0.lowerBound)), .text(reach.text($0.upperBound)),
                        ])
                    }
                )
            ),
            JSONField("until", reach.until.map { .time($0) } ?? .null),
        ])
    }
}
