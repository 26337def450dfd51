extension StringProtocol {
  /// The first `most` scalars, of at most four bytes each: a single letter with marks may be as long as its writer likes.
  package func prefix(scalars most: Int) -> String {
    utf8.count <= most ? String(self) : String(String.UnicodeScalarView(unicodeScalars.prefix(most)))
  }
}
