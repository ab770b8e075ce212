"""Everything that must hold across files; each subject has a module of its own."""

from jumpcf.estate.check_defaults import check_defaults
from jumpcf.estate.check_grants import check_grants
from jumpcf.estate.check_levels import check_levels
from jumpcf.estate.check_locks import check_locks
from jumpcf.estate.check_names import check_names
from jumpcf.estate.check_networks import check_networks
from jumpcf.estate.check_organizations import check_organizations
from jumpcf.estate.check_people import check_people
from jumpcf.estate.check_ssm_tag import check_ssm_tag
from jumpcf.estate.check_times import check_times
from jumpcf.estate.files import Params
from jumpcf.estate.report import Report
from jumpcf.estate.tree import Tree


def check(params: Params, report: Report) -> dict[str, Tree]:
    """Run every check; gives the trees of the organizations whose locks can be used."""
    trees = check_locks(params, report)
    check_defaults(params, report)
    check_organizations(params, trees, report)
    check_levels(params, report)
    check_ssm_tag(params, report)
    check_grants(params, trees, report)
    check_people(params, report)
    check_names(params, report)
    check_networks(params, report)
    check_times(params, report)
    return trees
