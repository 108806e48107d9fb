mod errors;
mod folders;
mod languages;
mod runs;
mod trace_of_the_note;
