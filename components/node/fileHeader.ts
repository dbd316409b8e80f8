/** The header of every file that Plumbline writes, in formats with `#` comments. */
export const fileHeader = "# Written by Plumbline; changes are reported as drift. `pulumi destroy` puts back what was here before.\n";
