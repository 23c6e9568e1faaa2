"""Every operation of every flow times every fault: what is promised, proved for each cell.

A flow (flows.py) is what a person or the clock sets off. It is run once without a fault, and its operations are noted:
each connection, read, write, datagram and command (tap.py). Then it is run again for each operation and each fault
(faults.py) that strikes there, in a house (house.py) whose dongles are as stubborn as the real ones. After each run the
promises are checked (promises.py), against what the simulated machine really said and did (truth.py).

    scripts/test tests/matrix                   a selection of operations, the same each time
    JURA_MATRIX=kinds scripts/test tests/matrix each kind of operation at its first, its last and one between
    JURA_MATRIX=whole scripts/test tests/matrix all operations
    scripts/fault-matrix                        runs the second, prints the table, and writes docs/reliability.md

The document is written of a template (reliability.md) and of a record of the runs (record.json); the first of these three
fails where it is not of the matrix as it is.
"""
