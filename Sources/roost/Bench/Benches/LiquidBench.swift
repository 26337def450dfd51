import Liquid
import RoostCore

/// Renders one letter again and again, as HTML with escaping, beside python-liquid with the same letter and values.
struct LiquidBench {
  let python: String
  /// Asked for by name: then a missing Python is a failure.
  let isNamed: Bool
  let sheet: FigureSheet

  /// Measured five times; the median counts.
  private static let rounds = 5
  private static let renders = 100_000

  func run() throws {
    let template = try Self.parse()
    let values = LiquidValue(try Self.values())
    let settings = RenderSettings(now: Instant(milliseconds: 0))
    var bytes: [UInt8] = []
    var rates: [Double] = []
    for _ in 0..<Self.rounds {
      let watch = Stopwatch()
      for _ in 0..<Self.renders {
        bytes.removeAll(keepingCapacity: true)
        try Self.render(template, values, settings, into: &bytes)
      }
      rates.append(Double(Self.renders) / watch.cpuSeconds)
    }
    var details: [Figure.Detail] = [.init(name: "bytes a letter", value: Double(bytes.count))]
    if let other = try comparison(with: String(decoding: bytes, as: UTF8.self)) {
      details.append(.init(name: "of python-liquid", value: rates.median / other))
      details.append(.init(name: "python-liquid", value: other, unit: "renders/s"))
    }
    sheet.add(
      Figure(
        name: "template, one core", value: rates.median, unit: "renders/s", target: .atLeast(200_000), details: details)
    )
  }

  private static func parse() throws(Failure) -> Template {
    do throws(TemplateError) { return try Template(parsing: LiquidLetter.source, as: .html) } catch {
      throw Failure(.foundProblem, "the letter cannot be parsed: \(error.text)")
    }
  }

  private static func values() throws(Failure) -> JSONValue {
    do throws(JSONError) { return try JSONValue(parsing: LiquidLetter.values) } catch {
      throw Failure(.foundProblem, "the values of the letter are no JSON: \(error)")
    }
  }

  private static func render(
    _ template: Template, _ values: LiquidValue, _ settings: RenderSettings, into bytes: inout [UInt8]
  ) throws(Failure) {
    do throws(TemplateError) { try template.render(into: &bytes, values: values, settings: settings) } catch {
      throw Failure(.foundProblem, "the letter cannot be rendered: \(error.text)")
    }
  }

  /// Renders a second of processor time that python-liquid does, which has to write the same letter.
  private func comparison(with letter: String) throws(Failure) -> Double? {
    guard File.exists(python) else {
      guard !isNamed else {
        throw Failure(
          .unavailable, "\(python) is not there; run scripts/setup.sh liquid, or give a --python with python-liquid")
      }
      sheet.say("templates are not compared: \(python) is not there; scripts/setup.sh liquid makes it")
      return nil
    }
    let process = try ChildProcess(
      [python, "-c", Self.program],
      environment: ["SOURCE=" + LiquidLetter.source, "VALUES=" + LiquidLetter.values, "LETTER=" + letter],
      errors: "/dev/null")
    let line = try process.line(after: "renders ", timeoutSeconds: 120)
    process.wait()
    guard let rate = Double(line) else {
      throw Failure(.foundProblem, "python-liquid wrote another letter than Roost")
    }
    return rate
  }

  /// Entities differ (`&#39;` and `&#x27;`), what they mean does not.
  private static let program = """
    import html, json, os, time
    from liquid import Environment
    values = json.loads(os.environ["VALUES"])
    template = Environment(autoescape=True).from_string(os.environ["SOURCE"])
    same = html.unescape(template.render(**values)) == html.unescape(os.environ["LETTER"])
    rates = []
    for _ in range(5):
        start = time.process_time()
        for _ in range(1000):
            template.render(**values)
        rates.append(1000 / (time.process_time() - start))
    print("renders", sorted(rates)[2] if same else "differ", flush=True)
    """
}
