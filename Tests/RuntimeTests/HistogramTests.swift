import Testing

@testable import Runtime

@Suite struct HistogramTests {
  @Test func bucketsAreCumulative() {
    let histogram = Histogram(name: "h", help: "Help", bounds: [10, 100])
    for milliseconds in [-5, 10, 11, 100, 5_000] { histogram.record(Int64(milliseconds)) }
    #expect(
      histogram.text == """
        # HELP h Help
        # TYPE h histogram
        h_bucket{le="0.01"} 2
        h_bucket{le="0.1"} 4
        h_bucket{le="+Inf"} 5
        h_sum 5.121
        h_count 5

        """)
  }
}
