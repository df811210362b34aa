import Model
import Recovery
import StackConfiguration
import Testing

/// What copies lack of the rules 3-2-1 and 3-2-1-1-0.
struct CopyComplianceTests {
    typealias Copy = CopyCompliance.Copy
    typealias Part = CopyCompliance.Lack.Part

    /// Copies, a rule, and what is lacking.
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let copies: [Copy]
        var rule = ObjectiveConfiguration.CopyRule.threeTwoOne
        let lacks: [Part]
        var testDescription: String { name }
    }

    static let now = Instant(seconds: 1_800_000_000)
    static let recent = now - .seconds(86_400)
    static let old = now - .seconds(31 * 86_400)

    static let rows = [
        Row(name: "nothing", copies: [], lacks: [.copies, .media, .sites]),
        Row(
            name: "one disk",
            copies: [Copy(name: "a", medium: .disk, fileSystem: 1)],
            lacks: [.copies, .media, .sites]
        ),
        Row(
            name: "two folders of one disk",
            copies: [
                Copy(name: "a", medium: .disk, fileSystem: 1),
                Copy(name: "b", medium: .disk, fileSystem: 1),
            ],
            lacks: [.disks, .media, .sites]
        ),
        Row(
            name: "two disks at one place",
            copies: [
                Copy(name: "a", medium: .disk, site: "dc1", fileSystem: 1),
                Copy(name: "b", medium: .disk, site: "dc1", fileSystem: 2),
            ],
            lacks: [.media, .sites]
        ),
        Row(
            name: "a disk and a bucket elsewhere",
            copies: [
                Copy(name: "a", medium: .disk, fileSystem: 1),
                Copy(name: "b", medium: .object, site: "b2-eu"),
            ],
            lacks: []
        ),
        Row(
            name: "the bucket cannot be reached",
            copies: [
                Copy(name: "a", medium: .disk, fileSystem: 1),
                Copy(name: "b", medium: .object, site: "b2-eu", isThere: false),
            ],
            lacks: [.copies]
        ),
        Row(
            name: "the bucket is empty",
            copies: [
                Copy(name: "a", medium: .disk, fileSystem: 1),
                Copy(name: "b", medium: .object, site: "b2-eu", isFilled: false),
            ],
            lacks: [.copies]
        ),
        Row(
            name: "a disk that was never plugged in makes up for nothing",
            copies: [
                Copy(name: "a", medium: .disk, site: "dc1", fileSystem: 1),
                Copy(name: "b", medium: .network, site: "dc1", fileSystem: 1),
                Copy(name: "c", medium: .disk, site: "x", isOutOfReach: true, isFilled: false),
            ],
            rule: .threeTwoOneOneZero,
            lacks: [.disks, .reach, .verification]
        ),
        Row(
            name: "damage and age do not matter to 3-2-1",
            copies: [
                Copy(name: "a", medium: .disk, verified: old, damage: 7),
                Copy(name: "b", medium: .object, site: "b2-eu"),
            ],
            lacks: []
        ),
        Row(
            name: "the same by 3-2-1-1-0",
            copies: [
                Copy(name: "a", medium: .disk, verified: old, damage: 7),
                Copy(name: "b", medium: .object, site: "b2-eu"),
            ],
            rule: .threeTwoOneOneZero,
            lacks: [.reach, .verification, .damage]
        ),
        Row(
            name: "locked and verified",
            copies: [
                Copy(name: "a", medium: .disk, verified: recent),
                Copy(name: "b", medium: .object, site: "b2-eu", isOutOfReach: true),
            ],
            rule: .threeTwoOneOneZero,
            lacks: []
        ),
        Row(
            name: "a lock that the configuration names and the store does not hold",
            copies: [
                Copy(name: "a", medium: .disk, verified: recent),
                Copy(name: "b", medium: .object, site: "b2-eu", lacksLock: true),
            ],
            rule: .threeTwoOneOneZero,
            lacks: [.reach]
        ),
        Row(
            name: "never verified",
            copies: [
                Copy(name: "a", medium: .disk),
                Copy(name: "b", medium: .tape, site: "safe", isOutOfReach: true),
            ],
            rule: .threeTwoOneOneZero,
            lacks: [.verification]
        ),
    ]

    @Test(arguments: rows)
    func `a rule names what is lacking`(row: Row) {
        let compliance = CopyCompliance(row.copies, rule: row.rule, now: Self.now)
        #expect(compliance.lacks.map(\.part) == row.lacks)
        #expect(compliance.isMet == row.lacks.isEmpty)
        #expect(compliance.lacks.allSatisfy { !$0.fact.isEmpty && !$0.remedy.isEmpty })
    }

    @Test func `each lack names the command or the key that mends it`() {
        let compliance = CopyCompliance(
            [Copy(name: "a", medium: .disk, damage: 2)],
            rule: .threeTwoOneOneZero,
            now: Self.now
        )
        let remedies = compliance.lacks.map(\.remedy).joined(separator: "\n")
        for text in [
            "lifeboat copy --to NAME", "`medium:`", "`site:`", "`lock:", "lifeboat check\n",
            "lifeboat check --copy a --repair",
        ] { #expect(remedies.contains(text)) }
    }
}
