"""The library of ready questionnaires: our own words, in Kazakh, Russian and English, loaded over the API."""
