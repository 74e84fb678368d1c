// Starts every behaviour. Each is one function that takes a root and delegates events.
import { focusOnLoad } from "./focus_on_load.js";
import { showPassword } from "./show_password.js";

focusOnLoad(document);
showPassword(document);
