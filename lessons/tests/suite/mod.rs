mod commands;
mod errors;
mod folders;
mod languages;
mod other_seeds;
mod runs;
mod trace_of_the_note;
