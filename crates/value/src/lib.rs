//! PHP values: strings, arrays, references, objects, request heap and cycle collector.
