/// What a session adds to what is known: the pieces, and the packs that it has stored.
struct SessionAdditions {
    let table: DedupTable
    let journal: SessionJournal
}
