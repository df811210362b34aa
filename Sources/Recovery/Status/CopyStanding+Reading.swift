internal import Model
internal import StackConfiguration
internal import SystemIO
internal import SystemPackage
internal import Vault

extension CopyStanding {
    /// A copy that cannot be used.
    init(_ absent: AbsentCopy, _ stack: Stack, vault: Vault) {
        copy = absent.configuration
        fault = absent.fault
        survey = nil
        current = CopyMemory(stack, absent.configuration, vault: vault.id).last
    }

    /// Finds out where a copy stands: lists it, and reads the head of the newest snapshot of each component.
    ///
    /// `needs`: snapshots whose packs are looked at.
    ///
    /// - Throws: `E-CANCELLED`; that the copy fails on the way is in the result.
    init(
        _ open: OpenCopy,
        _ stack: Stack,
        _ selection: [ComponentConfiguration],
        needs: [Snapshot]
    ) async throws(Fault) {
        copy = open.configuration
        var survey: VaultSurvey?
        var fault: Fault?
        var found: (components: [Component], damage: [String], problems: [String]) = ([], [], [])
        do throws(Fault) {
            for component in selection {
                found.components.append(
                    try await Self.component(component, open, stack, &found.damage, &found.problems)
                )
            }
            found.damage += open.vault.hostFaults.map(\.message)
            found.damage += try await open.vault.earlierWayOut().map(\.message)
            let own = found.components.compactMap(\.newest)
            lockedUntil = try await Self.lockedUntil(own, in: open)
            let seen = try await VaultSurvey(open.vault, needs: needs + own)
            for component in found.components {
                found.damage += (component.newest.map { seen.problems(of: $0) } ?? []).map {
                    "\(component.name): \($0)"
                }
            }
            survey = seen
        } catch {
            if error.code == .cancelled { throw error }
            fault = error
        }
        self.survey = survey
        self.fault = fault
        guard fault == nil else { return }
        components = found.components
        damage = found.damage
        problems = found.problems
        if case .directory(let path) = open.configuration.address {
            fileSystem = (try? FileSystem.followedStatus(FilePath(path)))??.device
        }
    }

    private static func component(
        _ configured: ComponentConfiguration,
        _ open: OpenCopy,
        _ stack: Stack,
        _ damage: inout [String],
        _ problems: inout [String]
    ) async throws(Fault) -> Component {
        let stream = stack.stream(of: configured.name)
        let memory = HeadMemory(stack, open.vault)
        let newest = try await open.vault.newest(of: stream, isWhole: true)
        damage += newest.refused.map(\.message)
        var known: SnapshotID?
        do throws(Fault) {
            known = try memory.newest(of: stream)
        } catch { problems.append(error.message) }
        if let known, try await open.vault.hasLost(known) {
            damage.append(Fault.rolledBack(known).message)
        } else if let head = newest.heads.first {
            do throws(Fault) {
                try memory.saw(head.id)
            } catch { problems.append(error.message) }
        }
        let kind = configured.kind
        let log =
            kind == .postgresql || kind == .redis
            ? try await LogReach.read(open.vault, stream: stream, kind: kind).last : nil
        return Component(name: configured.name, newest: newest.heads.first, log: log)
    }

    /// Says how far each copy is behind the best of them.
    static func compare(_ standings: inout [CopyStanding]) {
        var newest: [String: Snapshot] = [:]
        for component in standings.flatMap(\.components) {
            guard let snapshot = component.newest else { continue }
            if let known = newest[component.name], known.id.seq >= snapshot.id.seq { continue }
            newest[component.name] = snapshot
        }
        for index in standings.indices {
            for place in standings[index].components.indices {
                let component = standings[index].components[place]
                guard let best = newest[component.name] else { continue }
                let own = component.newest
                standings[index].components[place].behind = Int(
                    clamping: best.id.seq - min(best.id.seq, own?.id.seq ?? 0)
                )
                standings[index].components[place].age = own.map {
                    $0.id.seq == best.id.seq ? .zero : max(.zero, best.head.time - $0.head.time)
                }
            }
        }
    }
}
