/// A directory's manifest and what it names; everything else in it is removed.
struct OpenedDirectory {
  var manifest: Manifest
  var segments: [Segment] = []
  var fates: [Fate] = []

  init(_ directory: String, limits: HistoryLimits) throws(HistoryError) {
    let path = "\(directory)/\(Manifest.name)"
    if let bytes = try FileSystem.read(path) {
      manifest = try Manifest(decoding: bytes, file: path)
    } else {
      manifest = Manifest(limits: limits)
    }
    for name in manifest.segments {
      segments.append(try Segment(path: "\(directory)/\(name.text)", fingerprint: name.fingerprint))
    }
    for cut in manifest.fateCuts {
      let file = "\(directory)/\(FateFile.name(cut: cut))"
      guard let bytes = try FileSystem.read(file) else {
        throw .damaged(file: file, column: "fates", offset: 0, "the file is missing")
      }
      fates += try FateFile.decode(bytes, file: file)
    }
    try removeOthers(in: directory)
  }

  private func removeOthers(in directory: String) throws(HistoryError) {
    let kept = Set(
      [Manifest.name] + manifest.segments.map(\.text) + manifest.fateCuts.map { FateFile.name(cut: $0) })
    for name in try FileSystem.names(in: directory) where !kept.contains(name) {
      try FileSystem.remove("\(directory)/\(name)")
    }
  }
}
