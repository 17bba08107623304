"""Anonymous surveys of employees: waves, unjoinable answers, results. No answer points at a person."""
