import Model

/// What a reader made of an input.
enum Outcome<Value> {
    /// It read this.
    case accepted(Value)
    /// It refused, with this text.
    case refused(String)

    init(_ read: () throws(Fault) -> Value) {
        do throws(Fault) {
            self = .accepted(try read())
        } catch {
            self = .refused(error.description)
        }
    }

    /// What was read; nil when it was refused.
    var value: Value? {
        switch self {
        case .accepted(let value): value
        case .refused: nil
        }
    }
}

extension Outcome: Equatable where Value: Equatable {
    /// Whether both are the same, whatever the reasons of refusals.
    func agrees(with other: Self) -> Bool { value == other.value }
}
