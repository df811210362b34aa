/// Why an object does not count: it is another one of this vault once more, under a name that is not its own.
///
/// Its bytes are whole and signed, and say where they belong. Copying them takes no key.
struct Misplacement: Error {
    /// The name that the object itself says.
    let own: VaultName
}
