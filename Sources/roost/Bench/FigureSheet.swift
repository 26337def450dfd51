import Glibc
import RoostCore

/// The figures of a run: each is printed as soon as it is known, or all together as JSON at the end. What goes on is told
/// on standard error.
final class FigureSheet {
  private let format: OutputFormat
  private var figures: [Figure] = []

  init(_ format: OutputFormat) { self.format = format }

  func add(_ figure: Figure) {
    figures.append(figure)
    if format == .text { Terminal.write(line: figure.line) }
  }

  func say(_ text: String) { Terminal.say("… " + text) }

  /// Prints the document in JSON mode.
  func finish() {
    guard format == .json else { return }
    Terminal.write(json: [
      "cores": .int(Int64(sysconf(Int32(_SC_NPROCESSORS_ONLN)))), "figures": .array(figures.map(\.json)),
    ])
  }
}
