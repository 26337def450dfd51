/// How much is measured.
struct BenchSizes {
  var people = 1_000_000
  /// Stored before the second measurement of ingest.
  var events = 20_000_000
  /// Events in one measurement of ingest.
  var measured = 3_000_000
  /// Stored before the preview.
  var previewEvents = 10_000_000
  /// Connections that send batches.
  var connections = 64
  var eventsPerBatch = 100
  var singleCalls = 400_000
  /// People who send single calls.
  var singlePeople = 100_000
  var singleConnections = 64
  /// People who wait in each of twenty journeys.
  var waitingPeople = 200_000
  /// People who get a letter.
  var broadcastPeople = 200_000
  var enginePeople = 100_000
  var engineEvents = 4_000_000
  var lintJourneys = 75
  /// Letters in one measurement of a channel beside another.
  var isolationPeople = 20_000

  /// For a look in less than a minute; the figures are no more than a hint.
  static let quick: BenchSizes = {
    var sizes = BenchSizes()
    sizes.people = 50_000
    sizes.events = 1_000_000
    sizes.measured = 200_000
    sizes.previewEvents = 500_000
    sizes.singleCalls = 40_000
    sizes.singlePeople = 20_000
    sizes.waitingPeople = 20_000
    sizes.broadcastPeople = 10_000
    sizes.enginePeople = 20_000
    sizes.isolationPeople = 2_000
    sizes.engineEvents = 400_000
    return sizes
  }()
}
