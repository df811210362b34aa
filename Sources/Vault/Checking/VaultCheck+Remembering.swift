internal import Model
internal import ObjectStorage
internal import SystemIO

extension VaultCheck {
    /// Leaves what was found since the last document in the vault, and begins the next part.
    ///
    /// The check itself does not depend on it: that the vault does not take the document is in the report.
    mutating func remember(_ scrub: inout Scrub, isEnd: Bool) async throws(Fault) {
        guard let author = request.author, report.unremembered == nil else { return }
        guard isEnd || !scrub.covered.isEmpty else { return }
        var record = CheckRecord(depth: report.depth, started: scrub.started)
        record.covered = scrub.covered
        record.ended = isEnd
        record.objects = scrub.objects
        record.bytes = scrub.bytes
        record.name(scrub.damage + (isEnd ? looked : []))
        let now = author.clock.now()
        do throws(Fault) {
            // Others may have checked meanwhile: their findings count as well.
            try await vault.update(&history)
            history.add(newer: record, number: history.number + 1, at: now)
            record.open = history.openCount
            let name = try await vault.publish(record, in: .checks, keys: author.keys, at: now)
            if case .document(_, let number, _) = VaultName(name) { history.number = number }
            report.documents.append(name.text)
            report.history = history
        } catch {
            report.unremembered = error
        }
        scrub = Scrub(started: scrub.started, spent: scrub.spent)
    }
}

extension CheckRecord {
    private static let longestFact = 200
    private static let largestText = 600 << 10

    /// Names findings, as many as a document holds.
    mutating func name(_ findings: [CheckReport.Finding]) {
        var size = 0
        for finding in findings {
            let fact = String(finding.fact.unicodeScalars.prefix(Self.longestFact))
            size += finding.object.utf8.count + Self.encodedLength(fact) + 60
            guard damage.count < Self.largestList, size <= Self.largestText else {
                omitted += 1
                continue
            }
            damage.append(
                CheckReport.Finding(object: finding.object, fact: fact, depth: finding.depth)
            )
        }
    }

    /// How many bytes a text takes in JSON, at most: quotes and control characters take up to six each.
    private static func encodedLength(_ text: String) -> Int {
        text.utf8.reduce(0) { $0 + ($1 < 32 || $1 == 34 || $1 == 92 ? 6 : 1) }
    }
}
