//! What every command is given.

use std::time::Duration;

use super::client::{Client, deadline_in};
use super::failure::Failure;
use super::print::{Answer, Printer};
use super::settings::Settings;

/// The global flags, and what follows from them.
pub(crate) struct Context {
    /// The flags.
    pub(crate) settings: Settings,
    /// Prints answers.
    pub(crate) printer: Printer,
}

impl Context {
    /// Checks the flags.
    ///
    /// # Errors
    /// What is wrong with them.
    pub(crate) fn new(settings: Settings) -> Result<Self, Failure> {
        settings.check()?;
        let printer = Printer::new(&settings.write_out, settings.hex)?;
        Ok(Self { settings, printer })
    }

    /// A client of all endpoints, its calls bounded as short commands are.
    ///
    /// # Errors
    /// An endpoint that cannot be.
    pub(crate) fn client(&self) -> Result<Client, Failure> {
        let client = self.patient_client()?;
        Ok(client.until(deadline_in(self.settings.command_timeout())))
    }

    /// A client of all endpoints whose calls take as long as they take.
    ///
    /// # Errors
    /// An endpoint that cannot be.
    pub(crate) fn patient_client(&self) -> Result<Client, Failure> {
        Client::new(&self.settings, &self.settings.endpoints).map_err(Failure::arguments)
    }

    /// A client of one endpoint, its calls bounded as short commands are.
    ///
    /// # Errors
    /// An endpoint that cannot be.
    pub(crate) fn client_of(&self, endpoint: &str) -> Result<Client, Failure> {
        let client = Client::new(&self.settings, &[endpoint.to_owned()]);
        let client = client.map_err(Failure::arguments)?;
        Ok(client.until(deadline_in(self.settings.command_timeout())))
    }

    /// How long a short command may take.
    pub(crate) fn timeout(&self) -> Duration {
        self.settings.command_timeout()
    }

    /// Prints an answer.
    ///
    /// # Errors
    /// The format cannot show it, or nobody reads.
    pub(crate) fn print(&self, answer: &impl Answer) -> Result<(), Failure> {
        self.printer.print(answer)
    }
}
