// Starts the GOV.UK components. Every page works without them.
import { initAll } from "./govuk-frontend.js";

initAll();
