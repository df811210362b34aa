package import Model
package import SystemPackage

/// What became of the private folders that killed runs have left.
package struct ScratchSweep: Sendable {
    /// Those that were removed.
    package internal(set) var removed: [FilePath] = []
    /// Why others are still there.
    package internal(set) var faults: [Fault] = []
}
