internal import Model
internal import ObjectStorage

extension ReplicationRun {
    /// Copies objects, a bounded number at once; `body` hears how each ended, before what it means is in the report.
    ///
    /// - Throws: the first fault of a store; what was on its way has ended then.
    func transfer(
        _ names: [VaultName],
        _ body: (VaultName, ObjectTransfer.Outcome) -> Void
    ) async throws(Fault) {
        let transfer = ObjectTransfer(source: source, target: target)
        let width = plan.options.width
        let fault: Fault? = await withTaskGroup(
            of: (VaultName, ObjectTransfer.Outcome).self
        ) { group in
            var rest = names[...]
            var fault: Fault?
            while let name = rest.popFirst() {
                group.addTask { (name, await transfer.run(name)) }
                guard names.count - rest.count >= width else { continue }
                guard let ended = await group.next() else { break }
                fault = fault ?? take(ended, body)
                if fault != nil || Task.isCancelled { break }
            }
            while let ended = await group.next() { fault = fault ?? take(ended, body) }
            return fault
        }
        if let fault { throw fault }
        try Self.checkCancellation()
    }

    private func take(
        _ ended: (name: VaultName, outcome: ObjectTransfer.Outcome),
        _ body: (VaultName, ObjectTransfer.Outcome) -> Void
    ) -> Fault? {
        let object = ended.name.objectName.text
        switch ended.outcome {
        case .copied(let bytes, let mended):
            report.bytes += ByteCount(bytes)
            if mended { report.mended.append(object) }
        case .refused(let fault) where fault.code == .revoked: report.revoked += 1
        case .refused(let fault) where fault.code == .misplaced: report.misplaced += 1
        case .refused(let fault): report.note(ReplicationReport.Finding(object, fault))
        case .failed(let fault): return fault
        }
        body(ended.name, ended.outcome)
        return nil
    }
}
