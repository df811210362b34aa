import FileProtection
import FileTrees
import Model
import Protection
import SystemIO
import SystemPackage
import TestKit
import Testing
import Vault

/// Random trees and edits against a model: every snapshot comes back as the tree was when it was taken.
@Suite(.ownThreads) struct FilesModelTests {
    private func check(
        _ at: VaultForTests,
        _ component: some Component,
        rounds: Int,
        seed: UInt64
    ) async throws {
        var model = TreeModel(at: at.source, seed: seed)
        var states: [(model: TreeModel, snapshot: Snapshot)] = []
        for _ in 0..<rounds {
            try model.edit(40)
            #expect(try model.differences(from: at.source) == [], "the test itself, seed \(seed)")
            let reports = Reports()
            let snapshot = try await at.backUp(component, reports)
            #expect(snapshot.head.problems == 0, "\(reports.notes) seed \(seed)")
            states.append((model, snapshot))
        }
        // Elsewhere, from the first to the last; then over one another in the place itself, back and forth.
        for (index, state) in states.enumerated() {
            var request = at.request(to: at.scratch.path.appending("out\(index)"))
            request.only = state.snapshot.id
            let plan = try await component.planRestore(request)
            let outcome = try await component.restore(plan, request, progress: .silent)
            #expect(outcome.problems == [], "seed \(seed)")
            let place = at.restored("", below: at.scratch.path.appending("out\(index)"))
            let lines = try state.model.differences(from: place)
            #expect(lines == [], "snapshot \(index), seed \(seed)")
        }
        for state in [states.first, states.last, states[states.count / 2]] {
            guard let state else { continue }
            var request = at.request(to: nil)
            request.only = state.snapshot.id
            request.deletes = true
            let plan = try await component.planRestore(request)
            let outcome = try await component.restore(plan, request, progress: .silent)
            #expect(outcome.problems == [], "seed \(seed)")
            let lines = try state.model.differences(from: at.source)
            #expect(lines == [], "in place, seed \(seed)")
        }
    }

    @Test(arguments: UInt64(1)...8)
    func `files come back as they were at each snapshot`(seed: UInt64) async throws {
        let at = try await VaultForTests()
        let files = try FilesComponent(name: "c", roots: [at.source])
        try await check(at, files, rounds: 6, seed: seed)
    }

    @Test(arguments: UInt64(1)...3)
    func `a configuration comes back as it was at each snapshot`(seed: UInt64) async throws {
        let at = try await VaultForTests()
        let files = try ConfigurationComponent(name: "c", path: at.source)
        try await check(at, files, rounds: 5, seed: seed)
    }
}
