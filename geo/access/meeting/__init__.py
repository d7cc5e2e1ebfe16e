"""Meeting places as supply: open hours, languages, whom one meets, mentors and seats."""
