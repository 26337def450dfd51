extension HistoryStore {
  /// Throws the directory's files away and makes them anew from the items of the log.
  ///
  /// Returns when all that is due is written; the bytes are those that appending item by item gave.
  public static func rebuild(
    directory: String, limits: HistoryLimits = HistoryLimits(), from items: some Sequence<HistoryItem>
  ) throws(HistoryError) -> HistoryStore {
    try FileSystem.makeDirectory(directory)
    // The manifest goes first: without it the rest is rubbish, whenever a crash comes.
    try FileSystem.remove("\(directory)/\(Manifest.name)")
    let store = try HistoryStore(directory: directory, limits: limits)
    for item in items { try store.append(item) }
    try store.flush()
    return store
  }
}
