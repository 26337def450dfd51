/// The background's work: full parts become segments, segments become larger ones.
extension HistoryStore {
  /// Waits until all that is due is written and merged.
  ///
  /// Throws what keeps it from being written.
  public func flush() throws(HistoryError) {
    sealing.sync { self.sealFrozen() }
    merging.sync { self.mergeDue() }
    if let failure = state.withLock({ $0.status.failure }) { throw failure }
  }

  /// Removes what erased people did from the files; from reads it is gone since `erase`. Also waits as `flush` does.
  ///
  /// What an erased person did since the last cut is in memory only and will not reach a file.
  public func compact() throws(HistoryError) {
    try flush()
    let result: Result<Void, HistoryError> = merging.sync {
      do throws(HistoryError) { return .success(try removeErased()) } catch { return .failure(error) }
    }
    try result.get()
  }

  /// Runs on `sealing`.
  func sealFrozen() {
    while true {
      let next = state.withLock { state in state.frozen.first.map { ($0, state.fates) } }
      guard let (part, fates) = next else { return }
      do throws(HistoryError) {
        try seal(part, fates)
        merging.async { self.mergeDue() }
      } catch {
        return state.withLock { $0.status.failure = error }
      }
    }
  }

  private func seal(_ part: RecentPart, _ fates: FateTable) throws(HistoryError) {
    let cut = files.withLock { $0.manifest.cuts } + 1
    let fingerprint = try RecentSeal(part: part, cut: cut, fates: fates).write(to: directory)
    let name = SegmentName(level: 0, lastCut: cut, fingerprint: fingerprint)
    let segment = try Segment(path: "\(directory)/\(name.text)", fingerprint: fingerprint)
    // The first segment has applied its fates, and there is none before it that has not.
    let newFates = cut == 1 ? [] : fates.fates(in: part.firstSequence..<part.endSequence)
    if !newFates.isEmpty {
      try FileSystem.replace(FateFile.name(cut: cut), in: directory, with: FateFile.encode(newFates))
    }
    try change { manifest, segments in
      manifest.cuts = cut
      manifest.endSequence = part.endSequence
      manifest.resume = part.end
      if !newFates.isEmpty { manifest.fateCuts.append(cut) }
      segments.append(segment)
    } then: { state in
      state.frozen.removeFirst()
      state.resume = part.end
      state.freezeIfFull()
    }
  }

  /// Runs on `merging`.
  func mergeDue() {
    do throws(HistoryError) {
      while let due = dueMerge() {
        let merge = SegmentMerge(due, fates: state.withLock { $0.fates })
        try replace(due, with: try merge.write(to: directory), level: merge.level)
      }
    } catch {
      state.withLock { $0.status.failure = error }
    }
  }

  /// The first whole run of segments of one level, the lowest level first.
  private func dueMerge() -> [Segment]? {
    let segments = files.withLock { $0.segments }
    for level in Set(segments.map(\.layout.level)).sorted() {
      let run = segments.filter { $0.layout.level == level }
      if run.count >= limits.fanIn { return Array(run.prefix(limits.fanIn)) }
    }
    return nil
  }

  private func removeErased() throws(HistoryError) {
    for segment in files.withLock({ $0.segments }) {
      let fates = state.withLock { $0.fates }
      guard let merge = SegmentMerge(withoutErased: segment, fates: fates) else { continue }
      try replace([segment], with: try merge.write(to: directory), level: merge.level)
    }
  }

  private func replace(_ old: [Segment], with fingerprint: UInt64, level: Int) throws(HistoryError) {
    let name = SegmentName(level: level, lastCut: old[old.count - 1].layout.lastCut, fingerprint: fingerprint)
    let segment = try Segment(path: "\(directory)/\(name.text)", fingerprint: fingerprint)
    var obsolete = old.map(\.path)
    try change { manifest, segments in
      let first = segments.firstIndex { $0 === old[0] }!
      segments.replaceSubrange(first..<(first + old.count), with: [segment])
      // What even the oldest segment has applied is history.
      let appliedCut = segments[0].layout.lastCut
      obsolete += manifest.fateCuts.filter { $0 <= appliedCut }.map { "\(directory)/\(FateFile.name(cut: $0))" }
      manifest.fateCuts.removeAll { $0 <= appliedCut }
    }
    for path in obsolete { try FileSystem.remove(path) }
  }

  /// Changes what the files are: the manifest first, then what readers see.
  private func change(
    _ body: (inout Manifest, inout [Segment]) -> Void, then show: (inout State) -> Void = { _ in }
  ) throws(HistoryError) {
    let result: Result<Void, HistoryError> = files.withLock { files in
      var manifest = files.manifest
      var segments = files.segments
      body(&manifest, &segments)
      manifest.segments = segments.map {
        SegmentName(level: $0.layout.level, lastCut: $0.layout.lastCut, fingerprint: $0.fingerprint)
      }
      do throws(HistoryError) {
        try FileSystem.replace(Manifest.name, in: directory, with: manifest.encode())
      } catch { return .failure(error) }
      files.manifest = manifest
      files.segments = segments
      state.withLock { state in
        state.segments = segments
        if let oldest = segments.first { state.fates.removeAll(before: oldest.layout.endSequence) }
        state.status.failure = nil
        show(&state)
      }
      return .success(())
    }
    try result.get()
  }
}
