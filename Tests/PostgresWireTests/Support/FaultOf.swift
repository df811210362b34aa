import Model

/// The fault that an action throws; nil when it throws none.
func fault(_ action: () throws -> Void) -> Fault? {
    do { try action() } catch { return error as? Fault }
    return nil
}
