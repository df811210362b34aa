internal import Model
internal import Services
internal import StackConfiguration

extension Doctor {
    /// The services that a restore stops: whether each can be reached, and what an earlier restore left.
    func services() async -> [Examination] {
        guard !stack.configuration.services.isEmpty else { return [] }
        let services = StackServices(stack)
        do throws(Fault) {
            var found: [Examination] = []
            for standing in try await services.standings() {
                found.append(examination(standing))
            }
            // The order, which a restore needs, is asked for; nothing is planned.
            _ = try await services.plan(for: [])
            let others = try await services.others()
            if !others.isEmpty {
                found.append(
                    .warning(
                        "services",
                        "a restore would leave running what `services:` does not name: \(others.joined(separator: ", "))",
                        "name them there, or know that they touch nothing that is protected"
                    )
                )
            }
            return found
        } catch { return [.problem("services", error)] }
    }

    private func examination(_ standing: ServiceStanding) -> Examination {
        let subject = "service \(standing.name)"
        guard !standing.isLeft else {
            let stack = stack.configuration.stack
            return .warning(
                subject,
                standing.waitsFor.isEmpty
                    ? "a restore stopped it and did not start it again"
                    : "it stays stopped until \(standing.waitsFor.joined(separator: ", ")) is restored",
                standing.waitsFor.isEmpty
                    ? "lifeboat services \(stack) --put-back"
                    : "run the restore again, or: lifeboat services \(stack) --put-back"
            )
        }
        switch standing.parts {
        case .failure(let fault): return .problem(subject, fault)
        case .success(let parts):
            let running = parts.count(where: \.isRunning)
            let fact =
                parts.isEmpty
                ? "is not on this host"
                : parts.count == 1
                    ? (running == 1 ? "runs" : "stands still")
                    : "\(running) of \(parts.count) run"
            return .ok(subject, "\(standing.title), \(fact)")
        }
    }
}
